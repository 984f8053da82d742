class Kettle:
    def __init__(self, litres, tea=None):
        if int(litres):
            self.litres = litres
        else:
            self.litres = 0
        while (litres and
               tea):
            break
        for leaf in tea or ():
            if leaf: break


def pour(kettle):
    match kettle.litres:
        case 0:
            return "empty"
        case 1:
            return "one cup"


def measure(text):
    if int(text):
        return "cups"
    return "nothing"
