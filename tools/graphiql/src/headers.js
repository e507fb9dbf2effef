// A header that waits for its value, such as "Bearer " without a token, is not sent.
export const filled = (headers = {}) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => !/^(bearer)?\s*$/i.test(String(value))));
