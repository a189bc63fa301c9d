// What must go wrong in a thousand seeds, or that nothing was found says nothing. Names as the histogram prints them.
export const leastSeeds = 1_000;

export const expected = [
  // Requests and answers that are lost, late or refused.
  'pay dropRequest',
  'pay loseReply',
  'pay delay',
  'pay notReady',
  'pay fail',
  'settleHold dropRequest',
  'settleHold loseReply',
  'cancelHold dropRequest',
  'cancelHold loseReply',
  'cancelInvoice dropRequest',
  'sendOnChain dropRequest',
  'sendOnChain loseReply',
  // Streams.
  'fact duplicate',
  'fact reorder',
  'fact delay',
  'fact lose',
  'trouble silent',
  // Answers that are not so, or not so any more.
  'told failed, of what goes on',
  'told failed, of an older attempt',
  'told a floor without the newest attempt',
  'told notFound, of a payment that may be there',
  'told notFound, of an invoice',
  'told notFound, of a transaction that may be there',
  // The world around.
  'trouble restart',
  'trouble leap',
  'trouble skew',
  'trouble blocks',
  'trouble reorg',
  'trouble offline',
  'trouble frozen',
  'all coins sent',
] as const;
