/* The floor under every figure: a process that does nothing at all. */
int main(void) { return 0; }
