// What is asked again under its idempotency key is answered as it stands, whatever would refuse it now: a halt, an empty wallet, a node that is down.

/**
 * What `replay` finds to have been done before, else what `begin` does now. Another request with the same key may begin between our look and our own
 * start, and take what we then miss: so a refusal is the answer only while there is still nothing to replay. FAILURE would be a lie.
 */
export const replayOr = async <T>(replay: () => Promise<T | null> | null, begin: () => Promise<T>): Promise<T> => {
  const before = await replay();
  if (before !== null) return before;
  try {
    return await begin();
  } catch (error) {
    const other = await replay();
    if (other !== null) return other;
    throw error;
  }
};
