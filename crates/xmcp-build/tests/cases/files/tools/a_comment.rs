
// Nothing here yet
