import { StatefunError } from '../../shared/errors.ts';
import { circleAction, findImportCircle } from '../components/import-circle.ts';
import { explaining, filePlace, textFact, textsFact } from './explaining.ts';
import { systemAction } from './system-failures.ts';

/** Explains mistakes in constructor dependencies and providers. */
export const providerFailures = explaining({
  PROVIDER_MISSING: (error, context) => {
    const token = textFact(error, 'token') ?? '';
    const registered = textsFact(error, 'registered');
    const nearest = textFact(error, 'nearest');
    const path = textsFact(error, 'path');
    const [asker = ''] = path;
    const file = context.fileOf(asker);
    const fileOfAsker = file === undefined ? '' : ` in ${filePlace(file)}`;
    const provided = `Provided are: ${registered.join(', ') || 'none'}.`;
    // A path of one class only repeats the class with the dependency.
    const askedFor = path.length > 1 ? `; injected by ${[`${asker}${fileOfAsker}`, ...path.slice(1), token].join(' → ')}` : fileOfAsker;
    return {
      what: `nothing provides ${token}.`,
      where: `${textFact(error, 'place') ?? ''} of ${textFact(error, 'askedBy') ?? ''}${askedFor}`,
      action: nearest === undefined ? `${error.hint} ${provided}` : `Did you mean ${nearest}? ${error.hint}`,
    };
  },
  MODULE_CIRCULAR: (error) => ({ what: 'modules import each other in a circle.', where: textsFact(error, 'circle').join(' → ') }),
  PROVIDER_CIRCULAR: (error) => ({
    what: 'providers need each other in a circle.',
    where: textsFact(error, 'circle').join(' → '),
    action: `${error.hint} Or inject into one of them a factory that creates the other when it is needed.`,
  }),
  // The cause from the container says less than the summary.
  METADATA_MISSING: (error, context) => {
    const file = error.facts['erased'] === true ? context.fileOf(textFact(error, 'className') ?? '') : undefined;
    const circle = file === undefined ? undefined : findImportCircle(file);
    return { causes: [], ...(circle === undefined ? {} : { action: `${error.hint} ${circleAction(circle)}` }) };
  },
  PROVIDER_FAILED: (error) => {
    const action = StatefunError.is(error.cause) ? error.cause.hint : systemAction(error.cause);
    const where = textFact(error, 'what');
    return {
      ...(where === undefined ? {} : { where }),
      action: action ?? 'Correct the cause of this error; LOG_LEVEL=debug shows the stack.',
    };
  },
});
