/**
 * The arithmetic: operations as vector kernels, each with the plain loops that define its result bit for bit. Internal and
 * not exported: kernels trust their callers to have checked every size.
 */
package lanewise.kernel;
