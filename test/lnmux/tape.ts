// A transcript of calls and streams: what was sent and what came back, with everything that differs from run to run given a name, so that two runs
// of one scenario can be compared word by word.
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { type Paid, type RawClient, type RawStatus, until } from './bench.ts';

export type Line = { readonly [key: string]: unknown };

export interface Tape {
  readonly lines: readonly Line[];
  call(method: string, request: object, ms?: number): Promise<Record<string, unknown> & Partial<RawStatus>>;
  subscribe(name: string): Subscription;
  note(line: Line): void;
  paid(paid: Paid): void;
}

export interface Subscription {
  /** The next message of the stream; written down when it is read here. */
  next(ms?: number): Promise<{ readonly hash: Buffer; readonly set_id: Buffer }>;
  /** Writes down that it says nothing for a while. */
  silent(): Promise<void>;
  close(): void;
}

const goZeroTime = '18446744011573954816';
const timeFields = new Set(['settle_requested_at', 'finalized_at']);
const sequenceFields = new Set(['sequence_number', 'first_sequence_number', 'last_sequence_number', 'sequence_start']);

export const newTape = (raw: RawClient): Tape => {
  const lines: Line[] = [];
  const names = new Map<string, string>();
  let base: bigint | null = null;
  const nameOf = (bytes: Buffer): string => {
    if (bytes.length === 0) return '';
    const hex = bytes.toString('hex');
    const known = names.get(hex);
    if (known !== undefined) return known;
    const name = `bytes-${bytes.length}-${names.size + 1}`;
    names.set(hex, name);
    return name;
  };
  // Sequence numbers count on from whatever was settled before: they are told from the first that this scenario sees.
  const sequence = (text: string): string => {
    if (text === '0') return '0';
    base ??= BigInt(text);
    const offset = BigInt(text) - base;
    return `first${offset < 0n ? offset : `+${offset}`}`;
  };
  const plain = (key: string, value: unknown): unknown => {
    if (Buffer.isBuffer(value)) return nameOf(value);
    if (Array.isArray(value)) return value.map((item) => plain('', item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(name, of)]));
    if (typeof value !== 'string') return value;
    if (timeFields.has(key)) return timeOf(value);
    if (sequenceFields.has(key)) return sequence(value);
    return key === 'payment_request' ? requestOf(value, nameOf) : value;
  };
  return {
    lines,
    call: async (method, request, ms) => {
      const said = await raw.call(method, request, ms);
      lines.push({
        call: method,
        request: plain('', request),
        ...('answer' in said ? { answer: plain('', said.answer) } : { code: said.code, details: said.details }),
      });
      return 'answer' in said ? said.answer : { ...said };
    },
    subscribe: (stream) => {
      const { messages, close } = raw.subscribe();
      let read = 0;
      lines.push({ subscribe: stream });
      return {
        next: async (ms = 60_000) => {
          const message = await until(`a message of ${stream}`, () => messages[read], ms);
          read += 1;
          lines.push({ stream, message: plain('', message) });
          return message as { readonly hash: Buffer; readonly set_id: Buffer };
        },
        silent: async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          lines.push({ stream, more: messages.length - read });
        },
        close: () => {
          close();
          lines.push({ stream, closed: true });
        },
      };
    },
    note: (line) => void lines.push(line),
    paid: (paid) =>
      void lines.push(
        paid.is === 'succeeded' ? { payer: 'succeeded', preimage: nameOf(Buffer.from(paid.preimage, 'hex')) } : { payer: paid.reason },
      ),
  };
};

const timeOf = (text: string): string => {
  if (text === goZeroTime || text === '0') return text;
  return Math.abs(Number(text) - Date.now() / 1_000) < 3_600 ? 'lately' : 'some other time';
};

const requestOf = (bolt11: string, nameOf: (bytes: Buffer) => string): unknown => {
  const decoding = decodeBolt11(bolt11);
  if (decoding.is !== 'decoded') return decoding;
  const {
    hash,
    amount,
    network,
    destination,
    description,
    descriptionHash,
    createdAt,
    expiresAt,
    finalCltvDelta,
    features,
    routeHints,
    paymentSecret,
  } = decoding.invoice;
  const secret = Buffer.from(paymentSecret, 'hex');
  return {
    hash: nameOf(Buffer.from(hash, 'hex')),
    destination: nameOf(Buffer.from(destination, 'hex')),
    amount: String(amount),
    network,
    description,
    descriptionHash: descriptionHash === null ? null : nameOf(Buffer.from(descriptionHash, 'hex')),
    // The payment secret carries both, to the second or one off: it is drawn before the request is dated.
    expirySeconds: Math.round((expiresAt.getTime() - createdAt.getTime()) / 1_000),
    secretAmount: String(secret.readBigUInt64BE(24)),
    secretExpiryFits: Math.abs(Number(secret.readBigUInt64BE(16)) - expiresAt.getTime() / 1_000) <= 2,
    finalCltvDelta,
    features: features.map(({ bit, required }) => ({ bit, required })).sort((one, other) => one.bit - other.bit),
    hints: routeHints.flat().map(({ node, channel, baseFeeMsat, feeRatePpm, cltvDelta }) => ({
      node: nameOf(Buffer.from(node, 'hex')),
      channelIsVirtual: Number(channel?.split('x')[0]) >= 2 ** 23,
      baseFeeMsat: String(baseFeeMsat),
      feeRatePpm,
      cltvDelta,
    })),
  };
};
