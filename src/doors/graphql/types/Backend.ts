// A backend as an operator sees it (additive): who is behind it, how it is, and what it can move.
import type { BackendView } from '../../../commands/reads.ts';
import { builder } from '../builder.ts';

const BackendMember = builder.objectRef<BackendView['members'][number]>('BackendMember').implement({
  description: 'One node of a cluster.',
  fields: (t) => ({ key: t.exposeString('key'), ready: t.exposeBoolean('ready') }),
});

export const Backend = builder.objectRef<BackendView>('Backend').implement({
  description: 'Something that can pay or receive Lightning for this gateway.',
  fields: (t) => ({
    chainConfirmedMsat: t.expose('chainConfirmedMsat', { type: 'Msat', nullable: true }),
    detail: t.exposeString('detail', { description: 'What is wrong and what to do; "ok" when nothing is.' }),
    facets: t.exposeStringList('facets', { description: 'What it can do.' }),
    id: t.exposeID('id'),
    identity: t.exposeString('identity', { nullable: true, description: 'Node public key or account id, pinned at the first connection.' }),
    kind: t.exposeString('kind'),
    label: t.exposeString('label', { nullable: true }),
    members: t.expose('members', { type: [BackendMember] }),
    ready: t.exposeBoolean('ready'),
    receivableMsat: t.expose('receivableMsat', { type: 'Msat', nullable: true }),
    spendableMsat: t.expose('spendableMsat', { type: 'Msat', nullable: true }),
    syncedToChain: t.exposeBoolean('syncedToChain', { nullable: true }),
  }),
});
