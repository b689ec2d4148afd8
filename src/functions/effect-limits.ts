/** Largest payload of an event, in bytes of its JSON: a store keeps each message as one value. */
export const messageBytesMax = 16 * 1024 * 1024;

/** Most messages, delayed messages and egress records of one invocation. */
export const effectsMax = 1_000_000;

/** Most payload bytes of one invocation's effects: an invocation commits as a whole. */
export const effectBytesMax = 64 * 1024 * 1024;
