/**
 * Health of a child Application, in Lua. Argo CD ships none (since 1.8), so waves between
 * Applications would gate on nothing. A check that reads `status.health` alone passes on the
 * health of the *previous* source; this one passes only when the comparison was made with the
 * source that the spec names now, the child is Synced, and no sync of it is under way or has failed, its PostSync hooks included.
 *
 * Source: Argo CD docs/operator-manual/health.md; the fields are those of
 * `pkg/apis/application/v1alpha1/types.go` (`status.sync.comparedTo`, `status.operationState`).
 */
export const applicationHealth = `local function same(a, b)
  if type(a) ~= "table" and type(b) ~= "table" then return a == b end
  a, b = a or {}, b or {} -- a cluster's answer says {} where a spec says nothing
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for k, v in pairs(a) do
    if not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil and not same(nil, b[k]) then return false end
  end
  return true
end

local hs = { status = "Progressing", message = "waiting for the first comparison" }
local status = obj.status
if status == nil or status.sync == nil or status.sync.comparedTo == nil or status.health == nil then
  return hs
end
local compared = status.sync.comparedTo
local current = same(obj.spec.source, compared.source)
if obj.spec.sources ~= nil then current = same(obj.spec.sources, compared.sources) end
if not current then
  hs.message = "waiting for a comparison with the new source"
  return hs
end
-- A failure counts while it is of what is wanted now: after a merge, the old one says nothing.
local operation = status.operationState
if operation ~= nil and (operation.phase == "Failed" or operation.phase == "Error") then
  local result = operation.syncResult or {}
  local revision = result.revision
  if revision == nil or revision == "" or revision == status.sync.revision then
    hs.status = "Degraded"
    hs.message = operation.message or "the sync failed"
    return hs
  end
end
if status.sync.status ~= "Synced" then
  hs.message = "waiting for the sync"
  return hs
end
if operation ~= nil and operation.phase == "Running" then
  hs.message = operation.message or "the sync is running"
  return hs
end
if status.health.status ~= nil then hs.status = status.health.status end
hs.message = status.health.message or ""
return hs
`;
