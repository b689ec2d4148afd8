/** Silences a warning of the AWS SDK about its versions of 2027. The version of this demo supports every Node that statefun supports. */
export function silenceSdkVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
