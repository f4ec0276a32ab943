// The tabs a newcomer finds open: a first walk through the API, from left to right.
import { hint } from "./headers.js";

const register = {
  query: `# Makes an account and signs it in. Press the
# arrow, or Ctrl+Enter.
#
# Whatever is wrong with the input is told in
# errors, all of it at once: try an email without
# an @ and a short password.
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
  query: `# Gives a pair of tokens. Press "Use this token"
# below the answer, and every tab sends it: look
# at Headers. Or copy accessToken, and write it
# there yourself.
#
# Next: WhoAmI.
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
  query: `# The user whose access token is in Headers; null
# without one.
#
# Next: ChangeProfile, with the id and version
# from here.
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
  query: `# Changes what is given and leaves the rest as it
# is.
#
# Take the id and the version from WhoAmI.
# expectedVersion keeps a change that somebody
# else made in the meantime: run this twice, and
# see errors.
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
  query: `# For administrators: sign in as one before.
#
# While hasNextPage is true, endCursor as the
# variable "after" gives the next page.
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
    first: 10,
    after: null,
    filter: { isActive: true },
    orderBy: { field: "CREATED_AT", direction: "DESC" },
  },
};

const watchUsers = {
  query: `# Tells of changes as they happen: administrators
# of everybody's, others of their own.
#
# Run this, then change a name in a second window.
# The button that began it ends it.
subscription WatchUsers {
  userChanged {
    kind
    userId
    occurredAt
    user {
      id
      name
      email
    }
  }
}`,
};

const refresh = {
  query: `# Exchanges the refreshToken that came with an
# accessToken for a new pair, before the old one
# expires. Each one works once: keep the new one.
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

const serviceInfo = {
  query: `# What a frontend needs to know before it draws
# its forms. Everybody may ask.
query ServiceInfo {
  serviceInfo {
    version
    registration
    signInRequiresVerifiedEmail
    accessTokenLifetimeSeconds
    passwordRules {
      minLength
      maxLength
    }
    limits {
      pageSize
      maxPageSize
      maxBodyBytes
    }
  }
}`,
};

export const examples = [
  register,
  signIn,
  whoAmI,
  changeProfile,
  pageThroughUsers,
  watchUsers,
  refresh,
  serviceInfo,
].map(({ query, variables = {} }) => ({ query, variables: JSON.stringify(variables, null, 2), headers: hint }));
