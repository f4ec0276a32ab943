"""The contracts of `/users`: three older services, each described on a page of its own."""

from gql_users.rest.contracts.accounts import ACCOUNTS
from gql_users.rest.contracts.contract import Contract
from gql_users.rest.contracts.crud import CRUD
from gql_users.rest.contracts.people import PEOPLE

CONTRACTS: dict[str, Contract] = {contract.name: contract for contract in (CRUD, PEOPLE, ACCOUNTS)}

__all__ = ["CONTRACTS", "Contract"]
