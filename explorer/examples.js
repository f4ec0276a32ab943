// The tabs a newcomer finds open: a first walk through the API.

export const headers = `{
  // To act as a user, paste an accessToken from SignIn
  // here, and take away the two slashes:
  // "Authorization": "Bearer "
}`;

const register = {
  query: `# Makes an account and signs it in.
# Whatever is wrong with the input is told in errors,
# all of it at once.
mutation Register($input: RegisterInput!) {
  register(input: $input) {
    user {
      id
      email
      name
    }
    tokens {
      accessToken
      accessTokenExpiresAt
      refreshToken
      refreshTokenExpiresAt
      tokenType
    }
    errors {
      code
      message
      path
    }
  }
}`,
  variables: {
    input: {
      email: "ada@example.com",
      password: "a long sentence of your own",
      name: "Ada Lovelace",
    },
  },
};

const signIn = {
  query: `# Gives a pair of tokens. To act as this user in another
# tab, paste the accessToken into the Headers there.
mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    user {
      id
      name
      isAdmin
    }
    tokens {
      accessToken
      accessTokenExpiresAt
      refreshToken
      refreshTokenExpiresAt
      tokenType
    }
    errors {
      code
      message
      path
    }
  }
}`,
  variables: {
    input: {
      email: "ada@example.com",
      password: "a long sentence of your own",
    },
  },
};

const whoAmI = {
  query: `# The user whose access token is in Headers below;
# null without one.
query WhoAmI {
  me {
    id
    email
    emailVerifiedAt
    name
    isAdmin
    createdAt
    version
  }
}`,
};

const changeProfile = {
  query: `# Changes what is given and leaves the rest as it is.
# Take the id and the version from WhoAmI:
# expectedVersion keeps a change that somebody else made
# in the meantime from being overwritten.
mutation ChangeProfile($input: PatchUserInput!) {
  patchUser(input: $input) {
    user {
      id
      name
      version
    }
    errors {
      code
      message
      path
    }
  }
}`,
  variables: {
    input: {
      id: "VXNlcjoy",
      name: "Ada King",
      expectedVersion: 1,
    },
  },
};

const pageThroughUsers = {
  query: `# For administrators. While hasNextPage is true, endCursor
# as the variable "after" gives the next page.
query PageThroughUsers(
  $first: Int
  $after: String
  $filter: UserFilter
  $orderBy: UserOrder
) {
  users(
    first: $first
    after: $after
    filter: $filter
    orderBy: $orderBy
  ) {
    nodes {
      id
      email
      name
      isActive
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
  variables: {
    first: 20,
    after: null,
    filter: { isActive: true },
    orderBy: { field: "CREATED_AT", direction: "DESC" },
  },
};

const refresh = {
  query: `# Exchanges a refresh token for a new pair of tokens.
# Each one works once: keep the new one.
mutation Refresh($input: RefreshInput!) {
  refresh(input: $input) {
    user {
      id
      name
    }
    tokens {
      accessToken
      accessTokenExpiresAt
      refreshToken
      refreshTokenExpiresAt
      tokenType
    }
    errors {
      code
      message
      path
    }
  }
}`,
  variables: {
    input: {
      refreshToken: "",
    },
  },
};

export const examples = [register, signIn, whoAmI, changeProfile, pageThroughUsers, refresh].map(
  ({ query, variables = {} }) => ({ query, variables: JSON.stringify(variables, null, 2), headers }),
);
