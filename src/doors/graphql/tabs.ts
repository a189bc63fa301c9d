// The playground's saved examples, in the order of a first visit: be paid, see it, look at the money, pay somebody.
// Each runs as it stands in the sandbox; a test validates all of them against the schema.

export interface Tab {
  readonly query: string;
  /** JSON. */
  readonly variables: string;
  /** JSON. */
  readonly headers: string;
}

/** What the page fills in when it is loaded; the texts stay when it cannot. */
export const placeholders = {
  invoice: 'paste a paymentRequest of CreateInvoice here',
  payee: 'paste an invoice of somebody else here',
  payeeHash: 'paste the payment hash of that invoice here',
  address: 'paste an address of CreateAddress here',
  payeeAddress: 'paste an address of somebody else here',
} as const;

/** What the tabs are filled with; null where nobody can say. */
export interface Examples {
  /** A payment request of the sandbox's wallet, unpaid. */
  readonly invoice: string | null;
  /** One of somebody outside, and its payment hash. */
  readonly payee: string | null;
  readonly payeeHash: string | null;
  /** An address of the sandbox's wallet, and one of somebody outside. */
  readonly address: string | null;
  readonly payeeAddress: string | null;
}

const createInvoice = `# 1. Somebody shall pay us 2100 satoshis.
mutation CreateInvoice($input: LnInvoiceCreateInput!) {
  lnInvoiceCreate(input: $input) {
    errors { code message }
    invoice {
      satoshis
      paymentHash
      paymentRequest
    }
  }
}
`;

const followInvoice = `# 2. Start this one and leave it running.
# Open this page in a second window and run
# PayerPays there: PAID arrives here by itself.
subscription FollowInvoice($input: LnInvoicePaymentStatusByPaymentRequestInput!) {
  lnInvoicePaymentStatusByPaymentRequest(input: $input) {
    errors { message }
    status
    paymentPreimage
  }
}
`;

const payByPayer = `# 3. Somebody on the simulated network pays.
mutation PayerPays($input: SimulatedPayerPayInput!) {
  simulatedPayerPay(input: $input) {
    errors { message }
    paid
    detail
  }
}
`;

const status = `# 4. What an ATM polls; it needs no key.
query InvoiceStatus($input: LnInvoicePaymentStatusByPaymentRequestInput!) {
  lnInvoicePaymentStatusByPaymentRequest(input: $input) {
    status
    paymentHash
  }
}
`;

const balance = `# 5. Who we are and what we can spend.
query Balance {
  me {
    id
    defaultAccount {
      defaultWalletId
      wallets { id walletCurrency balance }
    }
  }
  globals { network nodesIds }
}
`;

const probe = `# 6. What would it cost to pay somebody else's invoice?
mutation ProbeFee($input: LnInvoiceFeeProbeInput!) {
  lnInvoiceFeeProbe(input: $input) {
    errors { code message }
    amount
  }
}
`;

const pay = `# 7. Pay it. Run it twice: the money moves once.
mutation PayInvoice($input: LnInvoicePaymentInput!) {
  lnInvoicePaymentSend(input: $input) {
    errors { code message }
    status
    transaction {
      settlementAmount
      settlementFee
      settlementVia { ... on SettlementViaLn { preImage } }
    }
  }
}
`;

const payment = `# 8. All that is known of that payment, with its attempts.
query Payment($paymentHash: PaymentHash!) {
  lnPayment(paymentHash: $paymentHash) {
    status
    satoshis
    feeMsat
    preImage
    attempts { backend createdAt endedAt }
  }
}
`;

const transactions = `# 9. Everything that moved, newest first.
query Transactions {
  me {
    defaultAccount {
      transactions(first: 20) {
        edges {
          node { direction status settlementAmount settlementFee memo createdAt }
        }
      }
    }
  }
}
`;

const createAddress = `# 10. Somebody shall send us coins on the chain.
mutation CreateAddress($input: OnChainAddressCreateInput!) {
  onChainAddressCreate(input: $input) {
    errors { code message }
    address
  }
}
`;

const deposit = `# 11. Somebody on the simulated chain sends them.
# "blocks": 0 leaves them unconfirmed: tab 12 shows
# them as pending. Run it with 2 and no address then.
mutation SendCoins($input: SimulatedDepositInput!) {
  simulatedDeposit(input: $input) {
    errors { message }
    transactionHash
    blockHeight
  }
}
`;

const onChain = `# 12. What is on its way, and what has arrived.
query OnChain($walletId: WalletId!, $address: OnChainAddress!) {
  payoutSpeeds { speed description }
  me {
    defaultAccount {
      walletById(walletId: $walletId) {
        pendingIncomingBalance
        pendingIncomingTransactionsByAddress(address: $address) { status settlementAmount }
        transactionsByAddress(address: $address) {
          edges {
            node {
              status
              settlementAmount
              settlementVia { ... on SettlementViaOnChain { transactionHash vout } }
            }
          }
        }
      }
    }
  }
}
`;

const sendOnChain = `# 13. Send coins to somebody else's address.
# It is PENDING until a block is mined: tab 11.
mutation SendOnChain($input: OnChainPaymentSendInput!) {
  onChainPaymentSend(input: $input) {
    errors { code message }
    status
    transaction {
      status
      settlementAmount
      settlementFee
      settlementVia { ... on SettlementViaOnChain { transactionHash vout } }
    }
  }
}
`;

const payAddress = `# 14. Pay a Lightning address, or an LNURL with
# lnurlPaymentSend: put somebody's here.
mutation PayAddress($input: LnAddressPaymentSendInput!) {
  lnAddressPaymentSend(input: $input) {
    errors { code message }
    status
    transaction { settlementAmount settlementFee memo }
  }
}
`;

const addCallback = `# 15. Be called when money moves; docs/webhooks.md says
# how to check who calls.
mutation AddCallback($input: CallbackEndpointAddInput!) {
  callbackEndpointAdd(input: $input) {
    errors { message }
    id
    secret
  }
}
`;

const callbacks = `# 16. Who is called; delete one by its id.
query Callbacks {
  me {
    defaultAccount {
      callbackEndpoints { id url }
    }
  }
}
`;

/** The examples for one wallet. `apiKey` null: the visitor types one into the headers. */
export const exampleTabs = ({ apiKey, walletId }: { readonly apiKey: string | null; readonly walletId: string | null }): readonly Tab[] => {
  const headers = JSON.stringify({ 'X-API-KEY': apiKey ?? 'your API key' }, null, 2);
  const tab = (query: string, variables: object = {}): Tab => ({ query, headers, variables: JSON.stringify(variables, null, 2) });
  const wallet = walletId ?? 'your wallet id';
  const { invoice, payee, payeeHash, address, payeeAddress } = placeholders;
  return [
    tab(createInvoice, { input: { walletId: wallet, amount: 2100, memo: 'A first invoice' } }),
    tab(followInvoice, { input: { paymentRequest: invoice } }),
    tab(payByPayer, { input: { paymentRequest: invoice } }),
    tab(status, { input: { paymentRequest: invoice } }),
    tab(balance),
    tab(probe, { input: { walletId: wallet, paymentRequest: payee } }),
    tab(pay, { input: { walletId: wallet, paymentRequest: payee, memo: 'A first payment' } }),
    tab(payment, { paymentHash: payeeHash }),
    tab(transactions),
    tab(createAddress, { input: { walletId: wallet } }),
    tab(deposit, { input: { address, amount: 100_000, blocks: 0 } }),
    tab(onChain, { walletId: wallet, address }),
    tab(sendOnChain, { input: { walletId: wallet, address: payeeAddress, amount: 21_000, speed: 'FAST' } }),
    tab(payAddress, { input: { walletId: wallet, lnAddress: 'satoshi@example.com', amount: 100 } }),
    tab(addCallback, { input: { url: 'https://shop.example.com/hook' } }),
    tab(callbacks),
  ];
};
