// The two servers that ours is measured against: node:http alone, and GraphQL Yoga with a hello world. Both answer JSON to a POST.
import { createServer, type RequestListener } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';

const answer = JSON.stringify({ data: { lnInvoicePaymentStatus: { status: 'PENDING' } } });

const plain: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(answer) });
    res.end(answer);
  });
};

const hello = (): RequestListener => {
  // Its own limit copies every body through a stream: left on, it would be a slower thing to compare with.
  const schema = createSchema<object>({ typeDefs: 'type Query { hello: String! }', resolvers: { Query: { hello: () => 'world' } } });
  const yoga = createYoga<object>({ schema, maxRequestBodySize: false, logging: false });
  return (req, res) => void yoga(req, res);
};

const server = createServer(process.argv[2] === 'yoga' ? hello() : plain);
server.listen(0, '127.0.0.1', () => {
  const place = server.address();
  process.send?.({ is: 'listening', port: place !== null && typeof place === 'object' ? place.port : 0 });
});
