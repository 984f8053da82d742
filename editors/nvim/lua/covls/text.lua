-- What is said to people.
local M = {}

--- As coverage.py rounds it: 0 and 100 are only said where they are exact, and a half goes to the even
--- number (results.py, 7.16). The server's own `percent` is rounded already: 99.996 would be 100.
---@param summary table with a `percent`
---@return string
function M.percent(summary)
  local of = summary.covered + summary.missed + (summary.branches or 0)
  local done = summary.covered + (summary.branches or 0) - (summary.missedBranches or 0)
  local percent = of > 0 and 100 * done / of or 100
  if percent > 0 and percent < 1 then
    return '1%'
  elseif percent > 99 and percent < 100 then
    return '99%'
  end
  local whole = math.floor(percent)
  if percent - whole == 0.5 then
    return ('%d%%'):format(whole + whole % 2)
  end
  return ('%d%%'):format(math.floor(percent + 0.5))
end

---@param count integer
---@param noun string
---@return string
function M.count(count, noun)
  local ending = count == 1 and '' or noun:find('ch$') and 'es' or 's'
  return ('%d %s%s'):format(count, noun, ending)
end

---@param span covls.Span
---@return string
function M.lines(span)
  if span.first == span.last then
    return ('line %d'):format(span.first)
  end
  return ('lines %d–%d'):format(span.first, span.last)
end

--- What is wrong with an uncovered place, where the server's own words are not at hand.
---@param span covls.Span
---@return string
function M.place(span)
  if span.state == 'partial' then
    return ('%s ran, but not every way out of it was taken'):format(M.lines(span))
  end
  return ('%s %s not run'):format(M.lines(span), span.first == span.last and 'was' or 'were')
end

---@param seconds number
---@return string
function M.age(seconds)
  if seconds < 0 then
    return 'from the future'
  elseif seconds < 60 then
    return 'just now'
  elseif seconds < 3600 then
    return M.count(math.floor(seconds / 60), 'minute') .. ' old'
  elseif seconds < 48 * 3600 then
    return M.count(math.floor(seconds / 3600), 'hour') .. ' old'
  end
  return M.count(math.floor(seconds / 86400), 'day') .. ' old'
end

--- That a file has none is only worth a word where one expects some: in Python, and in code of a project
--- that has data.
local function is_expected(coverage, filetype)
  local code = coverage.reason and coverage.reason.code
  return filetype == 'python' or (code ~= 'no-data-file' and code ~= 'not-a-file')
end

--- "82% · 5 missed · 2 partial", for a status line; empty where covls has nothing to say.
---@param coverage? table a `covls/coverage` message
---@param filetype string
---@return string
function M.statusline(coverage, filetype)
  if not coverage then
    return ''
  end
  local summary = coverage.summary
  if coverage.freshness == 'none' or not summary or not summary.percent then
    return is_expected(coverage, filetype) and 'no coverage' or ''
  end
  local parts = { M.percent(summary) }
  if summary.missed > 0 then
    table.insert(parts, ('%d missed'):format(summary.missed))
  end
  if (summary.partial or 0) > 0 then
    table.insert(parts, ('%d partial'):format(summary.partial))
  end
  if coverage.freshness == 'stale' then
    table.insert(parts, 'stale')
  end
  return table.concat(parts, ' · ')
end

local FRESHNESS = {
  fresh = 'the text is the text that ran',
  edited = 'edited since the run',
  stale = 'stale: the data is older than the file, or gone',
  none = 'nothing to show',
}

---@param coverage table
---@return string[] lines
local function describe_document(coverage)
  local lines = {}
  local summary = coverage.summary
  if summary and summary.percent then
    table.insert(lines, ('%s covered: %d of %s ran, %d missed'):format(
      M.percent(summary),
      summary.covered,
      M.count(summary.statements, 'statement'),
      summary.missed
    ))
    if summary.branches then
      table.insert(lines, ('%d of %s taken, %d partial'):format(
        summary.branches - summary.missedBranches,
        M.count(summary.branches, 'branch'),
        summary.partial
      ))
    end
    table.insert(lines, M.count(summary.excluded, 'line') .. ' excluded')
  end
  table.insert(lines, FRESHNESS[coverage.freshness] or coverage.freshness)
  local reason = coverage.reason
  if reason and reason.code ~= 'none' then
    table.insert(lines, ('why: %s (%s)'):format(reason.message, reason.code))
  end
  return lines
end

---@param file table a member of `dataFiles`
---@return string
function M.data_file(file)
  local words = { vim.fn.fnamemodify(file.path, ':~'), file.state }
  if file.producer or file.format then
    table.insert(words, file.producer or file.format)
  end
  if file.files then
    table.insert(words, M.count(file.files, 'file'))
  end
  if file.branches then
    table.insert(words, 'with branches')
  end
  if file.ageSeconds then
    table.insert(words, M.age(file.ageSeconds))
  end
  if file.message and file.message ~= '' then
    table.insert(words, file.message)
  end
  return table.concat(words, ', ')
end

--- The answer of `covls/status` in words.
---@param status table
---@param name? string of the document that was asked for
---@return string[] lines
function M.status(status, name)
  local lines = {}
  if status.document then
    table.insert(lines, name .. ':')
    for _, line in ipairs(describe_document(status.document)) do
      table.insert(lines, '  ' .. line)
    end
  end
  for _, file in ipairs(status.dataFiles or {}) do
    table.insert(lines, 'data: ' .. M.data_file(file))
  end
  for _, folder in ipairs(status.watching or {}) do
    table.insert(lines, 'watching: ' .. vim.fn.fnamemodify(folder, ':~'))
  end
  table.insert(lines, ('covls %s, %s open'):format(
    status.version or '?',
    M.count(status.documents or 0, 'document')
  ))
  return lines
end

return M
