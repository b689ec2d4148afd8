type Exported = Readonly<Record<string, unknown>>;

/** What a module exports, each value once. */
export function exportedValues(exported: Exported): readonly unknown[] {
  const { default: whole, ...named } = exported;
  const values = isCommonJs(exported) ? Object.values(exported.default) : [whole];
  return [...new Set([...values, ...Object.values(named)])];
}

/** What a module exports by default. */
export function exportedDefault(exported: Exported): unknown {
  return isCommonJs(exported) ? exported.default['default'] : exported['default'];
}

/**
 * Of a module in CommonJS everything is under `default`, and what it exported as its default is only there: `exports.default = …` is not
 * among the names that Node finds.
 */
function isCommonJs(exported: Exported): exported is { readonly default: Exported } {
  const whole = exported['default'];
  return typeof whole === 'object' && whole !== null && ('__esModule' in whole || 'module.exports' in exported);
}
