// parse.js lcov|cobertura FILE: seconds of CPU and MiB at the peak of the npm parser, text in memory before.
const fs = require('fs')
const [, , kind, file] = process.argv
const modules = process.env.COVLS_BENCH_PEERS
const text = fs.readFileSync(file).toString()
const began = process.cpuUsage()
const done = (error) => {
  if (error) throw error
  const used = process.cpuUsage(began)
  console.log((used.user + used.system) / 1e6, process.resourceUsage().maxRSS / 1024)
}
if (kind === 'lcov') require(modules + '/lcov-parse').source(text, done)
else require(modules + '/cobertura-parse').parseContent(text, done, true)
