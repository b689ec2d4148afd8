export { lambdaHandler, type LambdaResponse } from './request-reply/serving/lambda/lambda-handler.ts';
