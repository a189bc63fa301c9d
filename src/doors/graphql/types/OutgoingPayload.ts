// Whether payments may go out (additive).
import { builder } from '../builder.ts';
import type { ErrorView } from '../map/trouble.ts';
import { ErrorType } from './Error.ts';

export interface OutgoingView {
  readonly errors: readonly ErrorView[];
  readonly halted: string | null;
}

export const OutgoingPayload = builder.objectRef<OutgoingView>('OutgoingPayload').implement({
  description: 'Whether payments may go out.',
  fields: (t) => ({
    errors: t.expose('errors', { type: [ErrorType] }),
    haltedBecause: t.exposeString('halted', { nullable: true, description: 'Null: they may.' }),
  }),
});
