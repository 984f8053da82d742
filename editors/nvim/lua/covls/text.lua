-- What is said to people.
local M = {}

--- As coverage.py rounds it: 0 and 100 are only said where they are exact, and a half goes to the even
--- number (results.py, 7.16). The server's own `percent` is rounded already: 99.996 would be 100.
---@param done integer
---@param of integer
---@return string
local function share(done, of)
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

---@param summary table with a `percent`
---@return string
function M.percent(summary)
  local branches = summary.branches or 0
  local done = summary.covered + branches - (summary.missedBranches or 0)
  return share(done, summary.covered + summary.missed + branches)
end

--- How many statements are known, where that is less than all: "93%".
---@param summary table
---@return string?
local function known(summary)
  local all = summary.statements or 0
  local count = summary.known or all - (summary.unknown or 0)
  return count < all and share(count, all) or nil
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

--- The same for a narrow place: "now", "40 s", "3 min", "2 h", "5 d".
---@param seconds number
---@return string
function M.short_age(seconds)
  if seconds < 10 then
    return 'now'
  elseif seconds < 60 then
    return ('%d s'):format(math.floor(seconds))
  elseif seconds < 3600 then
    return ('%d min'):format(math.floor(seconds / 60))
  elseif seconds < 86400 then
    return ('%d h'):format(math.floor(seconds / 3600))
  end
  return ('%d d'):format(math.floor(seconds / 86400))
end

---@param seconds number
---@return string "just now", "3 min ago"
function M.ago(seconds)
  return seconds < 10 and 'just now' or M.short_age(seconds) .. ' ago'
end

--- That a file has none is only worth a word where one expects some: in Python, and in code of a project
--- that has data.
local function is_expected(coverage, filetype)
  local code = coverage.reason and coverage.reason.code
  return filetype == 'python' or (code ~= 'no-data-file' and code ~= 'not-a-file')
end

--- Against the baseline: "−3 +4", what was lost or is newly missed and what was gained.
---@param changes? table
---@return string?
local function balance(changes)
  if not changes then
    return nil
  end
  local less, words = changes.lost + changes.newlyMissed, {}
  if less > 0 then
    table.insert(words, ('−%d'):format(less))
  end
  if changes.gained > 0 then
    table.insert(words, ('+%d'):format(changes.gained))
  end
  return #words > 0 and table.concat(words, ' ') or nil
end

--- "82% · 93% known · 5 missed · 2 partial · 3 min", for a status line; empty where covls has nothing to say.
---@param coverage? table a `covls/coverage` message
---@param filetype string
---@param ages? covls.Ages
---@return string
function M.statusline(coverage, filetype, ages)
  if not coverage then
    return ''
  end
  local parts = {}
  local function say(text)
    table.insert(parts, text) -- nothing if it is nil
  end
  local summary = coverage.summary
  if coverage.freshness == 'unknown' then
    say('unknown: changed since the run')
  elseif coverage.freshness == 'none' or not summary or not summary.percent then
    return is_expected(coverage, filetype) and 'no coverage' or ''
  else
    say(M.percent(summary))
    local part = known(summary)
    say(part and part .. ' known')
    say(summary.missed > 0 and ('%d missed'):format(summary.missed) or nil)
    say((summary.partial or 0) > 0 and ('%d partial'):format(summary.partial) or nil)
    say(balance(coverage.changes))
  end
  say(ages and ages.data and M.short_age(ages.data))
  say(coverage.freshness == 'stale' and 'stale' or nil)
  return table.concat(parts, ' · ')
end

local FRESHNESS = {
  fresh = 'the text is the text that ran',
  edited = 'edited since the run',
  stale = 'stale: the data file has gone',
  unknown = 'unknown: changed since the run, and which text ran is not known',
  none = 'nothing to show',
}

M.UNREAD = 'no data has been looked for yet'

--- Is a document so new that the server has not come to it?
local function is_unread(coverage)
  return coverage.freshness == 'none' and coverage.reason ~= nil and coverage.reason.code == 'none'
end

--- Which text the marks are from, where it is not simply the file on disk.
---@param ran? table
---@return string?
local function describe_ran(ran)
  if not ran or ran.from == 'disk' or ran.from == 'unknown' then
    return nil
  elseif ran.message and ran.message ~= '' then
    return ran.message
  elseif ran.from == 'git' then
    local commit = ran.commit or ''
    local place = commit == 'index' and 'the index of git' or commit == '' and 'a commit' or 'commit ' .. commit
    return 'the text that ran is that of ' .. place
  end
  return 'the text that ran is one that covls kept'
end

---@param earlier? table
---@return string?
local function describe_earlier(earlier)
  if not earlier then
    return nil
  end
  local oldest = earlier.runs == 1 and 'a run ' or ('%d earlier runs, the oldest '):format(earlier.runs)
  return ('%s as of %s%s'):format(M.count(earlier.statements, 'statement'), oldest, M.ago(earlier.ageSeconds))
end

---@param changes? table
---@return string?
local function describe_changes(changes)
  if changes and changes.message and changes.message ~= '' then
    return ('against the baseline %s: %s'):format(changes.baseline, changes.message)
  end
  return changes
    and ('against the baseline %s: %d lost, %d newly missed, %d gained'):format(
      changes.baseline,
      changes.lost,
      changes.newlyMissed,
      changes.gained
    )
end

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
  local part = summary and known(summary)
  if part then
    table.insert(lines, ('%s known, %d changed since the run'):format(part, summary.unknown or 0))
  end
  table.insert(lines, is_unread(coverage) and M.UNREAD or FRESHNESS[coverage.freshness] or coverage.freshness)
  for _, text in ipairs({
    describe_ran(coverage.ran) or '',
    describe_earlier(coverage.earlier) or '',
    describe_changes(coverage.changes) or '',
  }) do
    if text ~= '' then
      table.insert(lines, text)
    end
  end
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

local CHANGES = {
  lost = 'lost: covered in the baseline, missed now',
  gained = 'gained: missed in the baseline, covered now',
  ['newly-missed'] = 'newly missed: not in the baseline, and missed',
}

--- What a change against the baseline is.
---@param change string
---@return string
function M.change(change)
  return CHANGES[change] or change
end

--- What the commands about baselines answer.
---@param answer table
---@return string[] lines
function M.baselines(answer)
  if #answer.baselines == 0 then
    return { 'no baseline is saved; :Coverage baseline save NAME saves the last run as one' }
  end
  local lines = {}
  for _, baseline in ipairs(answer.baselines) do
    table.insert(lines, ('%s %s  %s'):format(
      baseline.name == answer.inUse and '*' or ' ',
      baseline.name,
      baseline.modified or ''
    ))
  end
  return lines
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
