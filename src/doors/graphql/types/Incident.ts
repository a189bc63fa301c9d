// Something that a person must look at (additive).
import type { IncidentView } from '../../../platform/incidents.ts';
import { builder } from '../builder.ts';

export const Incident = builder.objectRef<IncidentView>('Incident').implement({
  description: 'Something that a person must look at.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    detail: t.string({ description: 'JSON.', resolve: (incident) => JSON.stringify(incident.detail) }),
    id: t.exposeID('id'),
    kind: t.exposeString('kind'),
    resolution: t.exposeString('resolution', { nullable: true }),
    resolvedAt: t.expose('resolvedAt', { type: 'Timestamp', nullable: true }),
    subject: t.exposeString('subject', { description: 'Mostly a payment hash.' }),
  }),
});
