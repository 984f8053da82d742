-- What is said to people.
local M = {}

--- As coverage.py rounds it: 0 and 100 are only said where they are exact (results.py, 7.16).
---@param percent number
---@return string
function M.percent(percent)
  if percent > 0 and percent < 1 then
    return '1%'
  elseif percent > 99 and percent < 100 then
    return '99%'
  end
  return ('%d%%'):format(math.floor(percent + 0.5))
end

---@param count integer
---@param noun string
---@return string
function M.count(count, noun)
  return ('%d %s%s'):format(count, noun, count == 1 and '' or 's')
end

---@param span covls.Span
---@return string
function M.lines(span)
  if span.first == span.last then
    return ('line %d'):format(span.first)
  end
  return ('lines %d–%d'):format(span.first, span.last)
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

--- "82% · 5 missed", for a status line; empty where covls has said nothing.
---@param coverage? table a `covls/coverage` message
---@return string
function M.statusline(coverage)
  if not coverage then
    return ''
  end
  local summary = coverage.summary
  if coverage.freshness == 'none' or not summary or not summary.percent then
    return 'no coverage'
  end
  local parts = { M.percent(summary.percent) }
  if summary.missed > 0 then
    table.insert(parts, ('%d missed'):format(summary.missed))
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
    table.insert(lines, ('%s of %s ran (%s), %d missed, %s excluded'):format(
      summary.covered,
      M.count(summary.statements, 'statement'),
      M.percent(summary.percent),
      summary.missed,
      M.count(summary.excluded, 'line')
    ))
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
