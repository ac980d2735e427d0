/**
 * Shapes and float32 tensors in native memory, N C T H W throughout: a picture is a clip of one frame.
 */
package lanewise.tensor;
