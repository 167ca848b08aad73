// What stands here runs once, in Init; the handler runs once per invocation.
const greeting = process.env.GREETING ?? 'Hello';

export const handler = async (event, context) => {
  const name = event.name ?? 'world';
  console.log(`greeting ${name}, ${context.getRemainingTimeInMillis()} ms left`);
  return { message: `${greeting}, ${name}!`, requestId: context.awsRequestId };
};
