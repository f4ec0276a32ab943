"""What a document asks for: each of its parts is weighed once, before anything else looks at it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    get_named_type,
)

from gql_users.graphql.execution.engine import Costs
from gql_users.graphql.execution.too_complex import TooComplexError
from gql_users.graphql.limits import ONCE, Limits
from gql_users.paging import LARGEST_PAGE, PAGE_SIZE

# Lists in a type's description. One inside another would describe every type once for each field.
_DESCRIBING = frozenset({"enumValues", "fields", "inputFields", "interfaces", "possibleTypes"})

_INTROSPECTION = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}

# Fragments that spread fragments that spread fragments: what people and compilers write is far from it, and following
# them takes the interpreter's stack.
DEEPEST_FRAGMENTS = 30


def weigh(schema: GraphQLSchema, limits: Limits, document: DocumentNode) -> Costs:
    """What each operation of a document can cost at most.

    Raises TooComplexError for what is over a limit, and GraphQLError for what is not answered at all.
    """
    scales = Scales(schema, document, limits)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) > limits.operations:
        raise TooComplexError(f"A document has at most {limits.operations} operations.")
    return [(each, scales.cost(each)) for each in operations]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part of a document adds. Fragments count as often as they are spread."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0
    cost: int = 0
    roots: int = 0
    describing: int = 0
    once: Counter[str] = field(default_factory=Counter)

    def beside(self, other: Weight) -> Weight:
        """Both, in one selection."""
        return Weight(
            self.fields + other.fields,
            self.aliases + other.aliases,
            max(self.depth, other.depth),
            self.cost + other.cost,
            self.roots + other.roots,
            max(self.describing, other.describing),
            self.once + other.once,
        )


class Scales:
    """Weighs the operations of one document, in time that grows with its length alone.

    A fragment is weighed once, however often it is spread, so that fragments which double each other are refused as
    quickly as any.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> None:
        self.schema = schema
        self.limits = limits
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._weighed: dict[str, Weight] = {}
        self._under_way: set[str] = set()
        self._fields = 0

    def cost(self, operation: OperationDefinitionNode) -> int:
        """What an operation can cost at most: every object counts one, and all in a list as often as it is long."""
        weight = self._selection(operation.selection_set, self.schema.get_root_type(operation.operation))
        self._fields += weight.fields
        limits = self.limits
        kind = operation.operation
        roots = limits.query_roots if kind is OperationType.QUERY else limits.mutation_roots
        dearest = limits.subscription_cost if kind is OperationType.SUBSCRIPTION else limits.cost
        variables = len(operation.variable_definitions or ())
        for is_, most, rule in (
            *((times, 1, f"{name} can be done once in an operation.") for name, times in sorted(weight.once.items())),
            (weight.depth, limits.depth, f"An operation goes at most {limits.depth} fields deep."),
            (weight.aliases, limits.aliases, f"An operation has at most {limits.aliases} aliases."),
            (weight.roots, roots, f"An operation has at most {roots} fields at its root."),
            (self._fields, limits.fields, f"A document has at most {limits.fields} fields, fragments unfolded."),
            (variables, limits.variables, f"An operation has at most {limits.variables} variables."),
            (weight.cost, dearest, f"A {kind.value} costs at most {dearest}; ask for shorter pages."),
        ):
            if is_ > most:
                raise TooComplexError(rule, operation)
        return weight.cost

    def _selection(self, selected: SelectionSetNode, kind: GraphQLNamedType | None) -> Weight:
        weight = Weight()
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                weight = weight.beside(self._field(selection, kind))
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                inside = self.schema.get_type(named.name.value) if named is not None else kind
                weight = weight.beside(self._selection(selection.selection_set, inside))
            elif isinstance(selection, FragmentSpreadNode):
                weight = weight.beside(self._fragment(selection))
        return weight

    def _fragment(self, spread: FragmentSpreadNode) -> Weight:
        name = spread.name.value
        fragment = self._fragments.get(name)
        if fragment is None:
            return Weight()  # for validation to tell
        if name in self._under_way:
            raise GraphQLError("A fragment cannot be spread within itself.", spread)
        if len(self._under_way) >= DEEPEST_FRAGMENTS:
            raise TooComplexError(f"Fragments spread each other at most {DEEPEST_FRAGMENTS} deep.", spread)
        if name not in self._weighed:
            self._under_way.add(name)
            inside = self.schema.get_type(fragment.type_condition.name.value)
            self._weighed[name] = self._selection(fragment.selection_set, inside)
            self._under_way.discard(name)
        return self._weighed[name]

    def _field(self, node: FieldNode, kind: GraphQLNamedType | None) -> Weight:
        name = node.name.value
        if name in {"__schema", "__type"} and not self.limits.introspection:
            raise GraphQLError("Introspection is switched off.", node)
        known = getattr(kind, "fields", {}).get(name) or _INTROSPECTION.get(name)
        below = Weight()
        if node.selection_set is not None:
            below = self._selection(node.selection_set, get_named_type(known.type) if known else None)
        describes = kind is not None and kind.name.startswith("__")
        describing = below.describing + (describes and name in _DESCRIBING)
        if describing > 1 or (describes and node.alias and node.selection_set):
            raise TooComplexError("Ask for the schema without aliases, and for no list of fields inside another.", node)
        return Weight(
            fields=1 + below.fields,
            aliases=(node.alias is not None) + below.aliases,
            # `ofType` unwraps a type, and leads nowhere else.
            depth=(not describes or name != "ofType") + below.depth,
            cost=1 + _length(node, set(known.args)) * below.cost if known and node.selection_set else 0,
            roots=1,
            describing=describing,
            once=Counter({name: 1} if name in ONCE else {}),
        )


def _length(field: FieldNode, arguments: set[str]) -> int:
    """How many entries a field can answer with. What a variable will say is not known yet: the most that it can."""
    if not arguments & {"first", "ids"}:
        return 1
    said = {each.name.value: each.value for each in field.arguments or ()}
    size = said.get("first") or said.get("last") or said.get("ids")
    if size is None:
        return PAGE_SIZE
    if isinstance(size, ListValueNode):
        return min(len(size.values), LARGEST_PAGE)
    if isinstance(size, IntValueNode) and len(size.value) <= len(str(LARGEST_PAGE)):
        return max(0, min(int(size.value), LARGEST_PAGE))  # fewer than none would pay for others
    return LARGEST_PAGE
