import ts from 'typescript';

/**
 * Forbids `record[key]` and `key in record` where any text may be the key and the record has no list of its names: by a key
 * from outside, `constructor` or `__proto__`, that finds what every object inherits. `ownValue(record, key)`, a Map, or a
 * lookup behind `Object.hasOwn` find a record's own alone.
 */
export const ownLookups = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      inherited:
        'A key from outside may find what every object inherits: use ownValue(), Object.hasOwn or a Map.',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();
    const partsOf = (type) => (type.isUnion() ? type.types : [type]);
    const isAnyText = (node) =>
      partsOf(
        checker.getBaseConstraintOfType(services.getTypeAtLocation(node)) ?? services.getTypeAtLocation(node),
      ).some((type) => (type.flags & ts.TypeFlags.String) !== 0);
    const isRecord = (node) =>
      partsOf(services.getTypeAtLocation(node)).some(
        (type) => checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined,
      );
    const isGuarded = (node) =>
      context.sourceCode
        .getAncestors(node)
        .some(
          (above) =>
            ['ConditionalExpression', 'IfStatement', 'LogicalExpression'].includes(above.type) &&
            context.sourceCode.getText(above.test ?? above.left).includes('Object.hasOwn('),
        );
    return {
      'MemberExpression[computed=true]'(node) {
        if (isAnyText(node.property) && isRecord(node.object) && !isGuarded(node))
          context.report({ node, messageId: 'inherited' });
      },
      "BinaryExpression[operator='in']"(node) {
        if (isAnyText(node.left) && !isGuarded(node)) context.report({ node, messageId: 'inherited' });
      },
    };
  },
};
