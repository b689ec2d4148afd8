/** `statefun/s3`: checkpoints in S3, for programs that read and write them by themselves. Applications name `s3://…` in `checkpoints.to`. */
export { S3Storage } from './checkpoints/s3/s3-storage.ts';
export type { S3Credentials, S3Options, S3StorageOptions } from './checkpoints/s3/s3-options.ts';
export { openObjectStorage, type OpenStorageOptions } from './checkpoints/open-object-storage.ts';
export type {
  ByteRange,
  ListedObject,
  ObjectPage,
  ObjectStorage,
  ObjectVersion,
  PutOptions,
  VersionedObject,
} from './checkpoints/object-storage.ts';
