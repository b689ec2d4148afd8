/** Where an application keeps its state when nobody says otherwise, relative to the working directory. */
export function defaultStateFolder(name: string, environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const folder = environment['STATEFUN_STATE_FOLDER'];
  if (folder !== undefined && folder !== '') return folder;
  // A package name such as @team/cart is no folder name.
  return `.statefun/${name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'application'}`;
}
