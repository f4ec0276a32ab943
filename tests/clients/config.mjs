// Where the service is: in a frontend, what its build tool knows of the place it is built for.
export const API = process.env.API;
