/** Twins that break the requirements on who may read, resume and cancel a stream. */
import type { IncomingMessage } from 'node:http';
import { type Authorize, Refusal } from '../../server/index.js';
import { defaultProtocol } from '../../server/protocol.js';
import type { Fault, FaultyServer } from './faulty-server.js';
import { resumes, streamIdOf } from './faulty-server.js';
import { currentRequest } from './site.js';

const { streamKey } = defaultProtocol;

/** Bearer tokens of two users; everything else is refused. */
const principals: Authorize = (request) => {
  const token = request.header('authorization')?.replace('Bearer ', '');
  return token === OWN || token === OTHER ? { principal: token } : { refuse: 401 };
};
const OWN = 'faulty-twin-user-one';
const OTHER = 'faulty-twin-user-two';
const CREDENTIALS = { own: `Bearer ${OWN}`, other: `Bearer ${OTHER}` };

/** Asks for credentials where `asks` says so; then there is one user. */
const authorizing = (asks: (request: Parameters<Authorize>[0], known: boolean) => boolean) => (): Fault => {
  const known = new Set<string>();
  return {
    authorize: (request) => {
      const id = streamIdOf(request);
      const mayPass = !asks(request, known.has(id)) || request.header('authorization') === CREDENTIALS.own;
      if (mayPass && request.method === 'GET') known.add(id);
      return mayPass ? { principal: '' } : { refuse: 401 };
    },
  };
};

const refusingOthers = (refuse: 403 | 404) => (): Fault => {
  const owners = new Map<string, string>();
  return {
    authorize: async (request, streamId) => {
      const answer = await principals(request, streamId);
      if (!('principal' in answer) || streamId === null) return answer;
      const owner = owners.get(streamId) ?? answer.principal;
      owners.set(streamId, owner);
      if (owner === answer.principal) return answer;
      if (refuse === 404) throw new Refusal(404, 'not_found', 'No such stream.');
      return { refuse };
    },
  };
};

/** Finds the stream of whoever created it for some requests. */
const sharing = (isShared: (request: IncomingMessage) => boolean) => (): Fault => {
  const owners = new Map<string, string>();
  return {
    authorize: principals,
    protocol: {
      streamKey: (principal, id) => {
        const request = currentRequest();
        const owner = owners.get(id) ?? principal;
        owners.set(id, owner);
        return streamKey(request !== undefined && isShared(request) ? owner : principal, id);
      },
    },
  };
};

export const httpPrincipalTwins: readonly FaultyServer[] = [
  {
    name: 'resumes-for-anyone',
    breaks: 'HTTP-032',
    why: 'asks for no credentials where there is a cursor',
    credentials: { own: CREDENTIALS.own },
    fault: authorizing((request) => (request.header('last-event-id') ?? '') === ''),
  },
  {
    name: 'joins-for-anyone',
    breaks: 'HTTP-032',
    why: 'asks for credentials only to create a stream',
    credentials: { own: CREDENTIALS.own },
    fault: authorizing((_request, known) => !known),
  },
  {
    name: 'cancels-for-anyone',
    breaks: 'HTTP-032',
    why: 'asks for no credentials to cancel a stream',
    credentials: { own: CREDENTIALS.own },
    fault: authorizing(({ method }) => method !== 'DELETE'),
  },
  {
    name: 'one-name-space',
    breaks: 'HTTP-033',
    why: 'finds the streams of all users by their id alone',
    credentials: CREDENTIALS,
    fault: { authorize: principals, protocol: { streamKey: (_principal, id) => `/${id}` } },
  },
  {
    name: 'resumes-for-others',
    breaks: 'HTTP-033',
    why: 'looks at the user when a stream is begun or joined, and not when it is resumed',
    credentials: CREDENTIALS,
    fault: sharing(resumes),
  },
  {
    name: 'cancels-for-others',
    breaks: 'HTTP-033',
    why: 'lets every user cancel any stream',
    credentials: CREDENTIALS,
    fault: sharing(({ method }) => method === 'DELETE'),
  },
  {
    name: 'denies-others',
    breaks: 'HTTP-033',
    why: 'answers 404 to who asks for the stream of another, and begins one for every other id',
    credentials: CREDENTIALS,
    fault: refusingOthers(404),
  },
  {
    name: 'tells-others',
    breaks: 'HTTP-033',
    why: 'answers 403 to who asks for the stream of another',
    credentials: CREDENTIALS,
    fault: refusingOthers(403),
  },
];
