/** The AWS SDK warns on standard error that its versions of 2027 need a newer Node. The versions installed here do not: nothing to do for who runs a demo. */
export function silenceSdkVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}
