-- Projects of other languages, made by their own tools: the signs are what the report says, line by line,
-- and nobody has configured anything. What is expected was computed by tests/editors/reports.py.
local tap, screen = require('tap'), require('screen')
local covls = require('covls')

local function read_projects()
  local path = vim.env.COVLS_REPORTS .. '/reports.json'
  return vim.json.decode(table.concat(vim.fn.readfile(path), '\n'), { luanil = { object = true } })
end

--- Lines that differ, and how many optional ones have no sign: they may, but no other than the expected.
local function differences(buf, project)
  local states, optional, wrong, bare = screen.states(buf), {}, {}, 0
  for _, line in ipairs(project.optional) do
    optional[line] = true
  end
  for line = 1, vim.api.nvim_buf_line_count(buf) do
    local wanted = project.states[tostring(line)]
    if states[line] ~= wanted and optional[line] and states[line] == nil then
      bare = bare + 1
    elseif states[line] ~= wanted then
      table.insert(wrong, ('line %d is %s, not %s'):format(line, states[line], wanted))
    end
  end
  return wrong, bare
end

local function test_source(buf, project)
  local seen = {}
  for _, state in pairs(screen.states(buf)) do
    seen[state] = (seen[state] or 0) + 1
  end
  local wrong, bare = differences(buf, project)
  tap.ok(#wrong == 0, project.name .. ': each line is marked as the report has it', table.concat(wrong, '\n'))
  if bare > 0 then
    tap.skip(project.name .. ': ' .. bare .. ' lines', 'it is not said whether they have code')
  end
  tap.ok(seen.covered and seen.missed, project.name .. ': there are covered and missed lines')
  tap.note(('%s: %s'):format(project.name, vim.inspect(seen, { newline = ' ', indent = '' })))
  tap.contains(covls.statusline(buf), '%', project.name .. ': status line')
  local told
  covls.why(function(lines)
    told = table.concat(lines, '\n')
  end)
  tap.wait(project.name .. ': :Coverage why is answered', function()
    return told
  end)
  tap.contains(told, project.report, project.name .. ': it names the report')
end

local function test_project(project)
  if project.missing then
    tap.skip(project.name, project.missing)
    return
  end
  vim.cmd.edit(project.source)
  local buf = vim.api.nvim_get_current_buf()
  local fresh = tap.wait(project.name .. ': covls has read the report', function()
    local coverage = covls.get(buf)
    return coverage and coverage.freshness == 'fresh'
  end)
  if fresh then
    test_source(buf, project)
  end
end

if vim.env.COVLS_REPORTS then
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.enable('covls')
  else
    covls.setup({ cmd = vim.g.covls_cmd })
  end
  for _, project in ipairs(read_projects()) do
    test_project(project)
  end
else
  tap.skip('reports', 'no Python to make projects with')
end
