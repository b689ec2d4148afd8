type Exported = Readonly<Record<string, unknown>>;

/** Returns the exports of an imported file, each value once. */
export function exportedValues(exported: Exported): readonly unknown[] {
  const { default: whole, ...named } = exported;
  const values = isCommonJs(exported) ? Object.values(exported.default) : [whole];
  return [...new Set([...values, ...Object.values(named)])];
}

/** Returns the default export of an imported file. */
export function exportedDefault(exported: Exported): unknown {
  return isCommonJs(exported) ? exported.default['default'] : exported['default'];
}

/**
 * Whether the file is CommonJS. All its exports are under `default`, and its own default export is only there: Node does not list
 * `exports.default = …` among the names.
 */
function isCommonJs(exported: Exported): exported is { readonly default: Exported } {
  const whole = exported['default'];
  return typeof whole === 'object' && whole !== null && ('__esModule' in whole || 'module.exports' in exported);
}
