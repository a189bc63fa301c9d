// What no answer may be, whatever was asked.
import { leak } from '../support/bad-values.ts';
import type { HostileRequest } from './requests.ts';
import type { Came } from './wire.ts';

/** One request on two busy cores; what takes longer than this holds everybody else up. */
const slowestMs = 20_000;
const largestAnswer = 2_000_000;

// What nobody foresaw is told in these words: it is a bug behind the door, even when the door hides it well.
const unforeseen = /Unexpected error\.|\(code: UnknownError\)|INTERNAL_SERVER_ERROR/;

const isDocumentedType = (asked: HostileRequest, { type, text, status }: Came): boolean => {
  if (type === 'application/json; charset=utf-8') return true;
  if (text === '' && (status === 204 || (asked.is === 'http' && asked.method === 'HEAD'))) return true;
  if (asked.is !== 'http') return type === 'websocket' || status === null || text === '';
  const accept = asked.headers.accept ?? '';
  if (type.startsWith('text/event-stream')) return asked.kind === 'streams' || /event-stream|\*/.test(accept);
  // The playground is a page, and asks for it say so.
  return type.startsWith('text/html') && asked.method !== 'POST' && status === 200;
};

const isGraphqlAnswer = (text: string): boolean => {
  const value: unknown = JSON.parse(text);
  return (
    typeof value === 'object' &&
    value !== null &&
    ('data' in value || 'errors' in value || 'error' in value || 'status' in value || 'ready' in value)
  );
};

/** Why this answer is wrong; null when nothing is. */
export const judge = (asked: HostileRequest, came: Came): string | null => {
  const { status, text, type, ms } = came;
  if (ms > slowestMs) return `it took ${Math.round(ms)} ms`;
  const leaked = leak.exec(text);
  if (leaked && !type.startsWith('text/html')) return `it leaks "${leaked[0]}"`;
  if (unforeseen.test(text)) return 'it met an error that nobody foresaw';
  if (text.length > largestAnswer) return `it is ${text.length} characters long`;
  if (type === 'websocket' && /^closed (?:4500|1011)/m.test(text)) return `its socket was ${/^closed .*/m.exec(text)?.[0]}`;
  if (status === null) return null;
  if (status >= 500) return `its status is ${status}`;
  if (!isDocumentedType(asked, came)) return `its content type is "${type}"`;
  if (type.startsWith('application/json') && text !== '' && !isGraphqlAnswer(text)) return 'it is no answer of GraphQL';
  return asked.is === 'http' && asked.says !== null ? isSaid(asked.says, text) : null;
};

const isSaid = (says: string | RegExp, text: string): string | null => {
  if (typeof says === 'string') return text.includes(JSON.stringify(says).slice(1, -1)) ? null : `it does not say "${says}"`;
  const messages = [...text.matchAll(/"message":"((?:[^"\\]|\\.)*)"/g)].map(([, message]) => JSON.parse(`"${message}"`) as string);
  return messages.some((message) => says.test(message)) ? null : `it does not say ${says}`;
};
