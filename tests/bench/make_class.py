"""A class of 24,914 statements, the size of the one in coverage.py's issue 1791, for tests/bench/open.

    make_class.py short|long FILE       any Python

`short`: 1,779 methods of 14 statements, 37,374 lines, 1.3 MB. `long`: one attribute a line, each a list
of ten pairs as a generated serializer of cities has them, 10.9 MB.
"""
import sys

STATEMENTS = 24914

METHOD = '''\
    def city_{i:05d}(self, value, flag=False, extra=None):
        """Serialize city number {i}."""
        name = "City number {i:05d} of a long list of cities"
        code = value * {weight} + {i}  # weight of the city
        result = {{
            "name": name,
            "code": code,
            "country": "Country-{country}", "lat": {lat}.25, "lon": {lon}.5,
        }}
        if flag and code > {least}:
            result["flag"] = True
        elif extra is None:
            result["flag"] = None
        else:
            result["extra"] = [x for x in extra if x]
        for key in ("a{i}", "b{i}"):
            if key in result:
                raise KeyError(key)
            result[key] = len(key)
        return result

'''
METHOD_STATEMENTS = 14

HEAD = '''\
"""One very large class."""

import sys


class Cities:
    """A serializer of cities."""

'''
TAIL = """\

if __name__ == "__main__":
    obj = Cities()
    for _i in range(int(sys.argv[1])):
        getattr(obj, "city_%05d" % _i)(_i, _i % 3 == 0, [1] if _i % 5 == 0 else None)
"""
OTHER_STATEMENTS = 2 + 4  # of the head and the tail; a docstring is none


def write_short(out):
    methods, left = divmod(STATEMENTS - OTHER_STATEMENTS, METHOD_STATEMENTS)
    out.write(HEAD)
    for i in range(methods):
        out.write(METHOD.format(i=i, weight=i % 97 + 3, country=i % 193, lat=i % 180 - 90,
                                lon=i % 360 - 180, least=i % 50))
    for i in range(left):
        out.write(f"    attr_{i} = {i}\n")
    out.write(TAIL)


def write_long(out):
    out.write("class Cities:\n")
    for i in range(STATEMENTS - 1):
        pairs = (f'("Springfield-{i:05d}-{k}", "Springfield {k}")' for k in range(10))
        out.write(f"    city_{i:05d} = [{', '.join(pairs)}]\n")


def main():
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        {"short": write_short, "long": write_long}[sys.argv[1]](out)


if __name__ == "__main__":
    main()
