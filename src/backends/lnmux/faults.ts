// What an error of a call to lnmuxd means, in the port's words. Its codes decide, its texts are for people.
import { BackendFault, type Fault } from '../port.ts';

/** The gRPC codes that lnmuxd gives a meaning. */
export const code = {
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadline: 4,
  notFound: 5,
  exhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

export interface RpcError {
  readonly code: number;
  readonly details: string;
}

/** The gRPC status of an error, or null for anything else that was thrown. */
export const rpcError = (error: unknown): RpcError | null => {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('details' in error)) return null;
  const { code: status, details } = error;
  return typeof status === 'number' && typeof details === 'string' ? { code: status, details } : null;
};

export const hasCode = (error: unknown, wanted: number): boolean => rpcError(error)?.code === wanted;

const kinds: Readonly<Record<number, Fault['kind']>> = {
  [code.canceled]: 'timeout',
  [code.deadline]: 'timeout',
  [code.unavailable]: 'unreachable',
  [code.exhausted]: 'rateLimited',
  [code.unimplemented]: 'protocol',
  [code.internal]: 'internal',
};

/** Never throws. */
export const faultOf = (error: unknown): Fault => {
  if (error instanceof BackendFault) return error.fault;
  const rpc = rpcError(error);
  if (rpc !== null) return { kind: kinds[rpc.code] ?? 'refused', detail: `gRPC ${rpc.code}: ${rpc.details}` };
  const late = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return { kind: late ? 'timeout' : 'internal', detail: error instanceof Error ? error.message : String(error) };
};

export const asFault = (error: unknown): BackendFault => (error instanceof BackendFault ? error : new BackendFault(faultOf(error)));
