/** Where the registry of the page is, as a name has it; nothing listens there. */

export const REGISTRY_NAME = '127.0.0.1:5000';
