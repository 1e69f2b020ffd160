//! The `airform` program. Everything is in the library, so that tests run the very same thing.

/// A plan is made of very many small maps, and a quarter of its time went into the system's allocator
/// (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    airform::main()
}
