//! Ports behind pointers: a host that chooses an implementation while it runs hands over an
//! `Arc<dyn ..>` or a `Box<dyn ..>`, and tests share one that they look into later.

/// Implements a port for `Arc<T>` and `Box<T>` of whatever implements it. The methods are written
/// once, and ask `(**self)`.
macro_rules! behind_pointers {
    ($(#[$how:meta])* impl $port:ident { $($methods:tt)* }) => {
        $(#[$how])*
        impl<T: $port + ?Sized> $port for std::sync::Arc<T> {
            $($methods)*
        }

        $(#[$how])*
        impl<T: $port + ?Sized> $port for Box<T> {
            $($methods)*
        }
    };
}

pub(crate) use behind_pointers;
