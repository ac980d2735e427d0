/**
 * The published families, ResNet and R(2+1)D, under their checkpoints' own keys, and models made from checkpoints. Keys
 * and shapes tell the architecture; what they do not tell, such as batch norm's epsilon, is an option.
 */
package lanewise.model;
