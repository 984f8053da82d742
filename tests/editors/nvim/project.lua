-- The project that is worked on: the current folder, a copy of tests/data/sample without its data.
local M = {}

local python = vim.env.COVLS_PYTHON314

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

--- The same with pytest-cov, which deletes the data first and renames the new into its place.
function M.test_pytest_cov()
  run('-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--cov', '--cov-report=')
end

---@class covls.Reference
---@field missed integer[] first lines of statements
---@field executed integer[]
---@field excluded integer[]
---@field statements integer

--- What coverage.py itself says of a file.
---@return covls.Reference
function M.reference(path)
  local file = vim.json.decode(run('-m', 'coverage', 'json', '-q', '-o', '-').stdout).files[path]
  return {
    missed = file.missing_lines,
    executed = file.executed_lines,
    excluded = file.excluded_lines,
    statements = file.summary.num_statements,
  }
end

function M.write(path, lines)
  vim.fn.mkdir(vim.fn.fnamemodify(path, ':h'), 'p')
  assert(vim.fn.writefile(lines, path) == 0)
end

return M
