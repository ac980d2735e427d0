/**
 * Networks and how they run: layers say what is computed, a program packs their weights, a plan fixes kernels and memory
 * for one input shape, and a session runs it. Whatever the number of threads, the result has the same bits.
 */
package lanewise.nn;
