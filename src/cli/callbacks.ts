// `callbacks …`: whom accounts want to be called, what became of the calls, and calling again.
import { z } from 'zod';
import { withAdmin } from './load.ts';
import { day, json, table } from './print.ts';
import { configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const delivery = z.object({
  id: z.string(),
  endpointId: z.string().nullable(),
  url: z.string(),
  topic: z.string(),
  event: z.string(),
  subjectId: z.string(),
  state: z.string(),
  attempts: z.number(),
  lastError: z.string().nullable(),
  createdAt: z.coerce.date(),
  nextAttemptAt: z.coerce.date().nullable(),
});
const listed = z.object({
  endpoints: z.array(z.object({ id: z.string(), accountId: z.string(), url: z.string(), createdAt: z.coerce.date() })),
  deliveries: z.array(delivery),
});
const states: Readonly<Record<string, string>> = { waiting: 'waiting', delivered: 'delivered', 'given-up': 'givenUp', dropped: 'dropped' };

const stateOf = (text: string | undefined): string | null => {
  if (text === undefined) return null;
  const state = states[text];
  if (state === undefined) throw new UsageError(`--state is one of ${Object.keys(states).join(', ')}`);
  return state;
};

const rowOf = (one: z.infer<typeof delivery>): readonly string[] => [
  day(one.createdAt),
  `${one.topic} ${one.event}`,
  one.state === 'waiting' ? `waiting, again ${day(one.nextAttemptAt)}` : one.state,
  String(one.attempts),
  one.lastError ?? '',
  one.url,
  one.id,
];

export const callbacksList: Verb = {
  name: 'callbacks list',
  summary: 'List callback endpoints and the newest 200 deliveries',
  operands: [],
  options: {
    state: { does: 'only waiting, delivered, given-up or dropped ones', value: 'state' },
    endpoint: { does: 'only those of this endpoint', value: 'id' },
    ...configOptions,
    ...jsonOption,
  },
  examples: [
    ['callbacks list', 'whom accounts want to be called, and how that goes'],
    ['callbacks list --state given-up', 'what nobody tries any more'],
  ],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const asked = { state: stateOf(call.text.state), endpoint: call.text.endpoint ?? null };
      const found = listed.parse(await admin('callbacks', asked));
      if (call.on.has('json')) {
        call.io.out(json(found));
        return 0;
      }
      const endpoints = found.endpoints.map((one) => [day(one.createdAt), one.url, one.accountId, one.id]);
      call.io.out(table(['SINCE (UTC)', 'ENDPOINT', 'ACCOUNT', 'ID'], endpoints, 'No account wants to be called: callbackEndpointAdd.'));
      call.io.out('\n');
      const heads = ['SINCE (UTC)', 'ABOUT', 'STATE', 'ATTEMPTS', 'LAST ERROR', 'URL', 'ID'];
      call.io.out(table(heads, found.deliveries.map(rowOf), 'No deliveries.'));
      return 0;
    }),
};

export const callbacksReplay: Verb = {
  name: 'callbacks replay',
  summary: 'Call again: one delivery, or all that were given up of an endpoint',
  operands: ['id'],
  options: configOptions,
  examples: [
    ['callbacks replay 0198c5f0-…', 'one delivery, whatever became of it'],
    ['callbacks replay ep_2XFL…', 'all that were given up, once the endpoint works again'],
  ],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const again = z.array(delivery).parse(await admin('callbacks.replay', { id: call.operands[0] ?? '' }));
      if (again.length === 0)
        throw new UsageError('there is no such delivery, its endpoint is gone, or nothing of the endpoint was given up');
      for (const one of again) call.io.out(`${one.id} ${one.topic} ${one.event} is sent again to ${one.url}\n`);
      return 0;
    }),
};

export const callbacksSecret: Verb = {
  name: 'callbacks secret',
  summary: 'Print the secret that signs the calls to an endpoint',
  operands: ['endpoint id'],
  options: configOptions,
  examples: [['callbacks secret ep_2XFL…', 'for a client that did not ask for it when it registered']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const secret = z
        .string()
        .nullable()
        .parse(await admin('callbacks.secret', { id: call.operands[0] ?? '' }));
      if (secret === null) throw new UsageError('there is no such endpoint: switchyard callbacks list');
      call.io.out(`${secret}\n`);
      return 0;
    }),
};
