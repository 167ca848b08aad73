'use strict';
// The second argument of every handler. One that may wait for the empty event loop has a flag that even a context made from this one sets.

let environment;

function contextOf(invocation) {
  return factsOf(invocation, {});
}

function contextThatWaits(invocation) {
  let waits = true;
  return factsOf(invocation, {
    get callbackWaitsForEmptyEventLoop() { return waits; },
    set callbackWaitsForEmptyEventLoop(value) { waits = value; },
  });
}

function factsOf(invocation, context) {
  environment ??= readEnvironment(process.env);
  return Object.assign(context, {
    functionName: environment.functionName,
    functionVersion: environment.functionVersion,
    memoryLimitInMB: environment.memoryLimitInMB,
    logGroupName: environment.logGroupName,
    logStreamName: environment.logStreamName,
    clientContext: parse(invocation.clientContext, 'client context'),
    identity: parse(invocation.identity, 'Cognito identity'),
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.id,
    tenantId: invocation.tenantId,
    getRemainingTimeInMillis: () => Number(invocation.deadline) - Date.now(),
  });
}

// Read by the first invocation: a restored process has got its own variables by then, and each look into process.env takes a microsecond.
function readEnvironment(env) {
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function parse(header, name) {
  if (!header) return undefined;
  try {
    return JSON.parse(header);
  } catch (error) {
    throw new Error(`Cannot parse the ${name}: ${error.message}`);
  }
}

module.exports = { contextOf, contextThatWaits };
