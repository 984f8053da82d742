-- The uncovered places, and what is said of each.
local buffer = require('covls.buffer')
local text = require('covls.text')

local M = {}

local CODES = { missed = 'uncovered', partial = 'partial-branch' }

--- Why a place is one, in the words of the server's diagnostic of it: a line for each way that was not
--- taken. Where there is none, because of `severity = 'off'` or an edit just now, in fewer words.
---@param buf integer
---@param span covls.Span
---@return string[]
function M.reasons(buf, span)
  for _, diagnostic in ipairs(vim.diagnostic.get(buf, { lnum = span.first - 1 })) do
    if
      diagnostic.source == 'covls'
      and diagnostic.code == CODES[span.state]
      and diagnostic.lnum == span.first - 1
    then
      return vim.split(diagnostic.message, '\n')
    end
  end
  return { text.place(span) }
end

--- The uncovered places of a buffer, as items for setqflist(): one for each reason.
---@param buf integer
---@return table[]
function M.items(buf)
  local items = {}
  for _, span in ipairs(buffer.uncovered(buf)) do
    local line = vim.api.nvim_buf_get_lines(buf, span.first - 1, span.first, false)[1]
    for _, reason in ipairs(M.reasons(buf, span)) do
      table.insert(items, {
        bufnr = buf,
        lnum = span.first,
        end_lnum = span.last,
        col = #line:match('^%s*') + 1,
        text = reason,
      })
    end
  end
  return items
end

--- What differs from the baseline, as items for setqflist(): one for each stretch of lines.
---@param answer table of `covls.changes` or `covls.changes.project`
---@return table[]
function M.changes(answer)
  local items = {}
  for _, file in ipairs(answer.files or {}) do
    local buf = vim.uri_to_bufnr(file.uri)
    for _, run in ipairs(file.runs) do
      local line = vim.api.nvim_buf_get_lines(buf, run.start, run.start + 1, false)[1] or ''
      table.insert(items, {
        bufnr = buf,
        lnum = run.start + 1,
        end_lnum = run['end'] + 1,
        col = #line:match('^%s*') + 1,
        text = text.change(run.change),
      })
    end
    if #file.runs == 0 and (file.message or '') ~= '' then
      table.insert(items, { bufnr = buf, lnum = 1, text = file.message })
    end
  end
  return items
end

return M
