/** The view library, in one place: preact and its hooks with htm's templates, which escape what is put into them. */
export {
  html,
  render,
  Component,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from '/vendor/preact.js';
