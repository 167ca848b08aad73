'use strict';
// The second argument of every handler. `completion` brings the members that end the invocation.

function contextOf(invocation, completion) {
  const { env } = process;
  return Object.defineProperties({
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(invocation.clientContext, 'client context'),
    identity: parse(invocation.identity, 'Cognito identity'),
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.id,
    tenantId: invocation.tenantId,
    getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
  }, Object.getOwnPropertyDescriptors(completion));
}

function parse(header, name) {
  if (!header) return undefined;
  try {
    return JSON.parse(header);
  } catch (error) {
    throw new Error(`Cannot parse the ${name}: ${error.message}`);
  }
}

module.exports = { contextOf };
