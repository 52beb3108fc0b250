/** What Redis does in one step: a stream is a hash of its state, a Redis stream of its events and a key that its writer renews. */
import { defineScript } from 'redis';

/** Keys: state, writer. Arguments: record, call, milliseconds to live, milliseconds of the lease. */
const CREATE = `
local state = KEYS[1]
if redis.call('EXISTS', state) == 0 then
  redis.call('HSET', state, 'record', ARGV[1], 'creation', ARGV[2], 'head', 0, 'earliest', 1, 'ended', 0, 'bytes', 0)
  redis.call('PEXPIRE', state, ARGV[3])
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[4])
end
return redis.call('HMGET', state, 'record', 'head', 'earliest', 'ended', 'creation')
`;

/**
 * Keys: state, events. Arguments: id, type, data, call, whether it is the last, bytes to keep, bytes to shrink to,
 * milliseconds of retention, channel. A call that is repeated because its answer was lost finds its own name and does
 * nothing a second time.
 */
const APPEND = `
local state, events, id = KEYS[1], KEYS[2], ARGV[1]
local head, ended, writer, bytes = unpack(redis.call('HMGET', state, 'head', 'ended', 'call', 'bytes'))
if not head then return 0 end
if writer == ARGV[4] then return 1 end
if ended == '1' or tonumber(head) + 1 ~= tonumber(id) then return 0 end
redis.call('XADD', events, id .. '-0', 'type', ARGV[2], 'data', ARGV[3])
bytes = tonumber(bytes) + #ARGV[3] + 64
if bytes > tonumber(ARGV[6]) then
  local earliest = tonumber(redis.call('HGET', state, 'earliest'))
  while bytes > tonumber(ARGV[7]) and earliest < tonumber(id) do
    local oldest = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
    bytes = bytes - #oldest[2][4] - 64
    redis.call('XDEL', events, oldest[1])
    earliest = earliest + 1
  end
  redis.call('HSET', state, 'earliest', earliest)
end
redis.call('HSET', state, 'head', id, 'call', ARGV[4], 'bytes', bytes, 'ended', ARGV[5])
if ARGV[5] == '1' then
  redis.call('PEXPIRE', state, ARGV[8])
  redis.call('PEXPIRE', events, ARGV[8])
elseif head == '0' then
  redis.call('PEXPIRE', events, redis.call('PTTL', state))
end
redis.call('PUBLISH', ARGV[9], id .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
return 1
`;

/** Keys: state, writer. */
const IS_ABANDONED = `
return redis.call('HGET', KEYS[1], 'ended') == '0' and redis.call('EXISTS', KEYS[2]) == 0 and 1 or 0
`;

const script = (source: string) =>
  defineScript({
    SCRIPT: source,
    NUMBER_OF_KEYS: 2,
    parseCommand(parser, keys: readonly [string, string], ...values: readonly (string | number)[]) {
      parser.pushKeys([...keys]);
      parser.push(...values.map(String));
    },
    transformReply: (reply): unknown => reply,
  });

export const scripts = {
  createStream: script(CREATE),
  appendEvent: script(APPEND),
  isAbandoned: script(IS_ABANDONED),
};
