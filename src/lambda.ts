export { lambdaHandler, type LambdaResponse } from './remote/lambda/lambda-handler.ts';
