-- What the server has said of the lines of a document, and how `covls/coverageChange` alters that. See
-- editors/PROTOCOL.md. Rows count from 0; nothing here knows of buffers.
local M = {}

-- Ranges --------------------------------------------------------------------------------------

---@class covls.Ranges rows that were touched: disjoint, sorted
---@field [integer] integer[] first and last row
local Ranges = {}
Ranges.__index = Ranges

-- More are taken as one: it is only about which lines to look at.
local RANGES_MAX = 32

---@return covls.Ranges
function M.ranges()
  return setmetatable({}, Ranges)
end

---@param first integer
---@param last integer
function Ranges:add(first, last)
  if last < first then
    return
  end
  local kept, put = {}, false
  for _, range in ipairs(self) do
    if range[2] < first - 1 then
      table.insert(kept, range)
    elseif range[1] > last + 1 then
      if not put then
        table.insert(kept, { first, last })
        put = true
      end
      table.insert(kept, range)
    else
      first, last = math.min(first, range[1]), math.max(last, range[2])
    end
  end
  if not put then
    table.insert(kept, { first, last })
  end
  if #kept > RANGES_MAX then
    kept = { { kept[1][1], kept[#kept][2] } }
  end
  for index = 1, math.max(#self, #kept) do
    self[index] = kept[index]
  end
end

--- Moves the ranges as an edit moves the lines.
---@param start integer
---@param removed integer
---@param inserted integer
function Ranges:edit(start, removed, inserted)
  local behind, delta = start + removed, inserted - removed
  local kept = {}
  for _, range in ipairs(self) do
    local first, last = range[1], range[2]
    first = first >= behind and first + delta or math.min(first, start)
    last = last >= behind and last + delta or math.min(last, start + inserted)
    table.insert(kept, { first, math.max(first, last) })
  end
  for index = #self, 1, -1 do
    self[index] = nil
  end
  for _, range in ipairs(kept) do
    self:add(range[1], range[2])
  end
end

---@param others covls.Ranges
---@return covls.Ranges both
function Ranges:with(others)
  local both = M.ranges()
  for _, ranges in ipairs({ self, others }) do
    for _, range in ipairs(ranges) do
      both:add(range[1], range[2])
    end
  end
  return both
end

-- Runs ----------------------------------------------------------------------------------------

---@class covls.Run
---@field start integer
---@field end integer included
---@field state? string
---@field change? string

--- The index of the first run that ends at a row or behind it.
---@param runs covls.Run[]
local function first_from(runs, row)
  local low, high = 1, #runs + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if runs[middle]['end'] < row then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

--- Iterates over the runs that have a row between two.
---@param runs covls.Run[]
function M.within(runs, first, last)
  local index = first_from(runs, first) - 1
  return function()
    index = index + 1
    local run = runs[index]
    if run and run.start <= last then
      return index, run
    end
  end
end

local function copy(run, first, last)
  return { start = first, ['end'] = last, state = run.state, change = run.change }
end

--- Are two runs that lie side by side one? Partial statements are not: each is a place to go to.
local function are_one(a, b)
  return a.state == b.state and a.change == b.change and a.state ~= 'partial' and a['end'] + 1 == b.start
end

--- Replaces rows: runs are cut where they touch those that went, `inserted` stand for those that came.
---@param runs covls.Run[]
---@param edit { start: integer, removed: integer, inserted: integer }
---@param inserted covls.Run[]
---@return covls.Run[]
local function replace(runs, edit, inserted)
  local behind, delta = edit.start + edit.removed, edit.inserted - edit.removed
  local index, result = first_from(runs, edit.start), {}
  local count = index - 1
  for i = 1, count do
    result[i] = runs[i]
  end
  local function add(run)
    local last = result[count]
    if last and are_one(last, run) then
      result[count] = copy(last, last.start, run['end'])
    else
      count = count + 1
      result[count] = run
    end
  end
  local head = runs[index]
  if head and head.start < edit.start then
    add(copy(head, head.start, edit.start - 1))
  end
  for _, run in ipairs(inserted) do
    add(copy(run, run.start, run['end']))
  end
  while runs[index] and runs[index]['end'] < behind do
    index = index + 1
  end
  for i = index, #runs do
    local run = runs[i]
    if delta == 0 and run.start >= behind then
      add(run)
    else
      add(copy(run, math.max(run.start, behind) + delta, run['end'] + delta))
    end
  end
  return result
end

-- Model ---------------------------------------------------------------------------------------

---@class covls.Model
---@field runs covls.Run[]
---@field changes covls.Run[] against the baseline
---@field touched? covls.Ranges rows, as they are numbered here, that differ from what was drawn; nil: nothing was
local Model = {}
Model.__index = Model

---@return covls.Run[]
local function changes_of(message)
  return type(message.changes) == 'table' and message.changes.runs or {}
end

---@param message table a `covls/coverage`
---@return covls.Model
function M.new(message)
  return setmetatable({ runs = message.runs, changes = changes_of(message) }, Model)
end

--- Was it drawn, but for what was touched since?
function Model:is_drawn()
  return self.touched ~= nil
end

---@param change table a `covls/coverageChange`
function Model:apply(change)
  for _, edit in ipairs(change.edits) do
    if edit.removed > 0 or edit.inserted > 0 then
      self.runs = replace(self.runs, edit, edit.runs)
      -- What differs from the baseline is only told anew when it is not just moved.
      if #self.changes > 0 then
        self.changes = replace(self.changes, edit, {})
      end
      if self.touched then
        self.touched:edit(edit.start, edit.removed, edit.inserted)
        self.touched:add(edit.start, edit.start + edit.inserted - 1)
      end
    end
  end
  if change.changes ~= nil then
    local before, after = self.changes, changes_of(change)
    self.changes = after
    for _, runs in ipairs(vim.deep_equal(before, after) and {} or { before, after }) do
      for _, run in ipairs(runs) do
        if self.touched then
          self.touched:add(run.start, run['end'])
        end
      end
    end
  end
end

return M
