-- The project that is worked on: the current folder, a copy of tests/data/sample without its data.
local M = {}

local python = vim.env.COVLS_PYTHON314
local shared = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h') -- with other editors' tests

---@return vim.SystemCompleted
local function run(...)
  local done = vim.system({ python, ... }, { text = true, env = { PYTHONDONTWRITEBYTECODE = '1' } })
    :wait(120000)
  if done.code ~= 0 then
    error(('%s\n%s%s'):format(table.concat({ ... }, ' '), done.stdout, done.stderr))
  end
  return done
end

--- Runs the tests as a person would: `coverage run -m pytest`, with more words if given.
function M.test(...)
  run('-m', 'coverage', 'run', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...)
end

--- The same without branches.
function M.test_lines_alone()
  M.write('lines.cfg', { '[run]', 'source = teahouse', 'relative_files = true' })
  run('-m', 'coverage', 'run', '--rcfile=lines.cfg', '-m', 'pytest', '-q', '-p', 'no:cacheprovider')
end

--- The same with pytest-cov, which deletes the data first and renames the new into its place.
function M.test_pytest_cov()
  run('-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--cov', '--cov-report=')
end

---@class covls.Reference
---@field states table<integer, string> of each line
---@field reasons table<integer, string[]> of each partial line, its words for the ways that were not taken
---@field missed integer[] first lines of statements
---@field executed integer[]
---@field partial integer[]
---@field excluded integer[]
---@field statements integer
---@field branches? integer
---@field missedBranches? integer
---@field display string the percentage

--- A table with the lines that are its keys as numbers.
local function by_line(members)
  local lines = {}
  for line, member in pairs(members) do
    lines[tonumber(line)] = member
  end
  return lines
end

--- What coverage.py itself says of a file.
---@return covls.Reference
function M.reference(path)
  local reference = vim.json.decode(run(shared .. '/oracle.py', path).stdout, { luanil = { object = true } })[path]
  reference.states = by_line(reference.states)
  reference.reasons = by_line(reference.reasons)
  return reference
end

--- Adds a file of tests/editors/data to the project.
function M.add(name, path)
  assert(vim.uv.fs_copyfile(vim.fs.joinpath(shared, 'data', name), path))
end

function M.write(path, lines)
  vim.fn.mkdir(vim.fn.fnamemodify(path, ':h'), 'p')
  assert(vim.fn.writefile(lines, path) == 0)
end

return M
